export interface Scenario {
  readonly number: string;
  readonly title: string;
  /** What happens next, in the order it happens. */
  readonly story: string;
}

export interface ScenarioGroup {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

/** Stripe's public test numbers, so that habits carry over. A real card number is refused. */
export const SCENARIOS: readonly ScenarioGroup[] = [
  {
    title: 'It works',
    scenarios: [
      {
        number: '4242424242424242',
        title: 'Visa',
        story: 'Approved at once. A webhook confirms it and the ledger books both sides.',
      },
      { number: '5555555555554444', title: 'Mastercard', story: 'Approved at once.' },
      {
        number: '378282246310005',
        title: 'American Express',
        story: 'Approved at once. Fifteen digits, four-digit code.',
      },
    ],
  },
  {
    title: 'The bank says no',
    scenarios: [
      {
        number: '4000000000000002',
        title: 'Declined',
        story: 'No reason given. The page stays open for another card.',
      },
      { number: '4000000000009995', title: 'Not enough funds', story: 'Shown at the card number.' },
      { number: '4000000000009987', title: 'Lost card', story: 'Reads like any other decline, on purpose.' },
      { number: '4000000000000069', title: 'Expired card', story: 'Shown at the expiry date.' },
      {
        number: '4000000000000127',
        title: 'Wrong security code',
        story: 'Shown at the code; only the code has to be typed again.',
      },
      {
        number: '4000000000000119',
        title: 'Processing error',
        story: 'A temporary fault. Nothing is charged; the same card may work later.',
      },
    ],
  },
  {
    title: 'The bank asks who you are',
    scenarios: [
      {
        number: '4000000000003220',
        title: '3-D Secure',
        story: 'Takes you to the bank. Approve and it is paid; fail or cancel and nothing is charged.',
      },
      {
        number: '4000008400001629',
        title: '3-D Secure, then declined',
        story: 'Approve at the bank, and be declined afterwards.',
      },
    ],
  },
  {
    title: 'You mistype',
    scenarios: [{ number: '4242424242424241', title: 'Wrong check digit', story: 'Found before anything is sent.' }],
  },
];
