export { type Catalogue, loadCatalogue, type ShopProduct, type ShopSeller } from './catalogue.queries.ts';
export { guestId, type OpenCheckout, openCheckout } from './open-checkout.ts';
export { type BasketItem, MAX_ITEMS, MAX_QUANTITY, priceBasket } from './price-basket.ts';
