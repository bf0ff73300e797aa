/** The catalogue as the shop's pages show it. */
export interface SellerView {
  readonly id: string;
  readonly name: string;
  readonly tagline: string;
}

export interface ProductView {
  readonly id: string;
  readonly sellerId: string;
  readonly name: string;
  readonly description: string;
  /** Decimal string in major units. */
  readonly price: string;
  readonly currency: string;
  readonly art: string;
}

export interface CatalogueView {
  readonly sellers: readonly SellerView[];
  readonly products: readonly ProductView[];
}
