import { CreditCard, Landmark, Scale, ScrollText, Wallet } from 'lucide-react';
import { NavLink } from '../console/nav-link.tsx';

export function SellerNav() {
  return (
    <>
      <NavLink href="/seller" exact>
        <Wallet aria-hidden />
        Wallet
      </NavLink>
      <NavLink href="/seller/payments">
        <CreditCard aria-hidden />
        Payments
      </NavLink>
      <NavLink href="/seller/payouts">
        <Landmark aria-hidden />
        Payouts
      </NavLink>
      <NavLink href="/seller/disputes">
        <Scale aria-hidden />
        Disputes
      </NavLink>
      <NavLink href="/seller/statement">
        <ScrollText aria-hidden />
        Statement
      </NavLink>
    </>
  );
}
