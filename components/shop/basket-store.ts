'use client';

import { useSyncExternalStore } from 'react';

export interface BasketItem {
  readonly productId: string;
  readonly quantity: number;
}

const BASKET_KEY = 'basket';
const PENDING_KEY = 'basket.checkouts';
/** Same limit as the server's; the server has the last word. */
export const MAX_QUANTITY = 20;

const EMPTY: readonly BasketItem[] = [];
const listeners = new Set<() => void>();
let cached: { readonly raw: string | null; readonly items: readonly BasketItem[] } = { raw: null, items: EMPTY };

/** The basket, kept in this browser and shared by its tabs. On the server and while hydrating it is empty. */
export function useBasket(): readonly BasketItem[] {
  return useSyncExternalStore(subscribe, read, () => EMPTY);
}

/** Sets how many of a product are in the basket; zero takes it out. */
export function setQuantity(productId: string, quantity: number): void {
  const wanted = Math.max(0, Math.min(MAX_QUANTITY, quantity));
  const items = read();
  const known = items.some((item) => item.productId === productId);
  const next = known
    ? items.map((item) => (item.productId === productId ? { productId, quantity: wanted } : item))
    : [...items, { productId, quantity: wanted }];
  write(next.filter((item) => item.quantity > 0));
}

/** Remembers what a checkout is for, so that its products leave the basket only when it is paid. */
export function rememberCheckout(checkoutId: string, productIds: readonly string[]): void {
  storage()?.setItem(PENDING_KEY, JSON.stringify({ ...pending(), [checkoutId]: productIds }));
}

/** Takes the products of a paid checkout out of the basket. Doing it twice changes nothing. */
export function settleCheckout(checkoutId: string): void {
  const { [checkoutId]: productIds, ...others } = pending();
  if (!productIds) return;
  storage()?.setItem(PENDING_KEY, JSON.stringify(others));
  write(read().filter((item) => !productIds.includes(item.productId)));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function read(): readonly BasketItem[] {
  const raw = storage()?.getItem(BASKET_KEY) ?? null;
  if (raw !== cached.raw) cached = { raw, items: parseItems(raw) };
  return cached.items;
}

function write(items: readonly BasketItem[]): void {
  storage()?.setItem(BASKET_KEY, JSON.stringify(items));
  for (const listener of listeners) listener();
}

function parseItems(raw: string | null): readonly BasketItem[] {
  const value = parseJson(raw);
  return Array.isArray(value) ? value.filter(isItem) : EMPTY;
}

function isItem(value: unknown): value is BasketItem {
  const item = value as Partial<BasketItem> | null;
  return typeof item?.productId === 'string' && Number.isInteger(item.quantity) && Number(item.quantity) > 0;
}

function pending(): Record<string, readonly string[]> {
  const value = parseJson(storage()?.getItem(PENDING_KEY) ?? null);
  return value !== null && typeof value === 'object' ? (value as Record<string, readonly string[]>) : {};
}

function parseJson(raw: string | null): unknown {
  try {
    return raw === null ? null : JSON.parse(raw);
  } catch {
    return null;
  }
}

/** Storage may be switched off in a private window; the basket then lasts as long as nothing reads it back. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
