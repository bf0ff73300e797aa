/**
 * The one page that may send a bank number to the payment provider. A policy belongs to the document, and a client navigation
 * keeps the document it starts from, be it of this console, the shop or the sign-in page: so lead here by a plain `<a>`, which
 * loads a document. That is safer than to allow it on every page from which somebody might come.
 */
export const BANK_ACCOUNT_PATH = '/seller/payouts/bank-account';
