/** JSON as the API answers it; each step reads the fields that the documentation names. */
export interface Payment {
  readonly checkout_id: string;
  readonly payment_event_status: string;
  readonly payment_orders: readonly Order[];
}

export interface Order {
  readonly payment_order_id: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly wallet_updated: boolean;
  readonly ledger_updated: boolean;
  readonly decline_code?: string;
  readonly attempts?: number;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface Client {
  get<Body>(path: string): Promise<Answer<Body>>;
  post<Body>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<Body>>;
}

/** Speaks to the REST API as a shop's server would. */
export function connect(url: string, apiKey: string): Client {
  const ask = async <Body>(path: string, init: RequestInit): Promise<Answer<Body>> => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...init.headers };
    const response = await fetch(`${url}/api/v1${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Body };
  };
  return {
    get: (path) => ask(path, {}),
    post: (path, body, headers = {}) => ask(path, { method: 'POST', headers, body: JSON.stringify(body) }),
  };
}

/** Whether a payment can be taken at this address now. */
export function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/api/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
