export { getWallet, WALLET_KINDS, type WalletBalance, type WalletView, walletOf } from './wallet.ts';
