export { explainWallet, type Why, type WhyItem } from './explain-wallet.ts';
export type { PendingPart } from './pending-parts.ts';
export {
  getWallet,
  KIND_OF_PART,
  WALLET_KINDS,
  type WalletBalance,
  type WalletPart,
  type WalletView,
  walletOf,
} from './wallet.ts';
