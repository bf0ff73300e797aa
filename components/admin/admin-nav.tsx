import {
  BookOpenCheck,
  CreditCard,
  FileCheck2,
  Gauge,
  HeartPulse,
  Landmark,
  MailWarning,
  Percent,
  Scale,
} from 'lucide-react';
import { NavLink } from '../console/nav-link.tsx';

export function AdminNav() {
  return (
    <>
      <NavLink href="/admin" exact>
        <Gauge aria-hidden />
        Overview
      </NavLink>
      <NavLink href="/admin/payments">
        <CreditCard aria-hidden />
        Payments
      </NavLink>
      <NavLink href="/admin/payouts">
        <Landmark aria-hidden />
        Payouts
      </NavLink>
      <NavLink href="/admin/disputes">
        <Scale aria-hidden />
        Disputes
      </NavLink>
      <NavLink href="/admin/ledger">
        <BookOpenCheck aria-hidden />
        Ledger
      </NavLink>
      <NavLink href="/admin/reconciliation">
        <FileCheck2 aria-hidden />
        Reconciliation
      </NavLink>
      <NavLink href="/admin/terms">
        <Percent aria-hidden />
        Terms
      </NavLink>
      <NavLink href="/admin/dead-letters">
        <MailWarning aria-hidden />
        Dead letters
      </NavLink>
      <NavLink href="/admin/health">
        <HeartPulse aria-hidden />
        Health
      </NavLink>
    </>
  );
}
