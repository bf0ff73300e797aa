import { AppError, type CurrencyCode, formatMinor, isCurrencyCode, MAX_AMOUNT_MINOR } from '#kernel';
import type { PricedProduct } from './catalogue.queries.ts';

export interface BasketItem {
  readonly productId: string;
  readonly quantity: number;
}

/** Most of one product in one basket: a shop's courtesy limit, and far below what could overflow a payable amount. */
export const MAX_QUANTITY = 20;
/** Most different products in one basket. */
export const MAX_ITEMS = 30;

/** One line of a checkout: what one seller is owed for one product. */
export interface BasketLine {
  readonly sellerId: string;
  readonly description: string;
  readonly amountMinor: bigint;
}

export interface PricedBasket {
  readonly currency: CurrencyCode;
  readonly totalMinor: bigint;
  readonly lines: readonly BasketLine[];
}

/**
 * Prices a basket from the catalogue, one line per product in the order given. Pure.
 * Errors: `validation_failed` (empty, a product twice, a quantity out of range), `not_found` (unknown product),
 * `currency_mixed`, `currency_unknown`, `amount_too_large`.
 */
export function priceBasket(items: readonly BasketItem[], products: readonly PricedProduct[]): PricedBasket {
  assertPlainBasket(items);
  const byId = new Map(products.map((product) => [product.id, product]));
  const priced = items.map(({ productId, quantity }) => {
    const product = byId.get(productId);
    if (!product) throw new AppError('not_found', 'Something in the basket is no longer sold.', { param: productId });
    return { product, quantity };
  });
  const currency = oneCurrency(priced.map(({ product }) => product.currency));
  const lines = priced.map(({ product, quantity }) => ({
    sellerId: product.sellerId,
    description: quantity === 1 ? product.name : `${product.name} × ${quantity}`,
    amountMinor: product.priceMinor * BigInt(quantity),
  }));
  const totalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  if (totalMinor > MAX_AMOUNT_MINOR) {
    throw new AppError(
      'amount_too_large',
      `One checkout takes at most ${formatMinor(MAX_AMOUNT_MINOR, currency)} ${currency}.`,
    );
  }
  return { currency, totalMinor, lines };
}

function assertPlainBasket(items: readonly BasketItem[]): void {
  if (items.length === 0) throw new AppError('validation_failed', 'The basket is empty.', { param: 'items' });
  if (items.length > MAX_ITEMS)
    throw new AppError('validation_failed', `A basket holds at most ${MAX_ITEMS} products.`, { param: 'items' });
  if (new Set(items.map((item) => item.productId)).size !== items.length) {
    throw new AppError('validation_failed', 'A product is in the basket twice; raise its quantity instead.', {
      param: 'items',
    });
  }
  if (items.some(({ quantity }) => !Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY)) {
    throw new AppError('validation_failed', `A quantity is a whole number from 1 to ${MAX_QUANTITY}.`, {
      param: 'quantity',
    });
  }
}

function oneCurrency(currencies: readonly string[]): CurrencyCode {
  const [currency, ...others] = new Set(currencies);
  if (others.length > 0)
    throw new AppError('currency_mixed', 'One checkout takes one currency; pay the others separately.');
  if (!isCurrencyCode(currency))
    throw new AppError('currency_unknown', `${currency} is not a currency this shop takes.`);
  return currency;
}
