export { getWallet, type WalletBalance, type WalletView, walletOf } from './wallet.ts';
