import type { SimulatorConfig } from '../config.ts';
import type { EndpointRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import { nowSeconds } from '../requests/request.ts';

/** Id of the endpoint that the environment describes; it is rewritten at each boot. */
const CONFIGURED_ID = 'we_configured';

export interface WebhookEndpoints {
  /** Enabled endpoints that asked for this type of event. */
  subscribedTo(eventType: string): readonly EndpointRow[];
  all(): readonly EndpointRow[];
  find(id: string): EndpointRow | undefined;
  put(endpoint: EndpointRow): void;
  remove(id: string): void;
}

/** Keeps all endpoints in memory (there are few, and every event asks) and brings the configured one up to date. */
export async function openEndpoints(store: Store, config: SimulatorConfig): Promise<WebhookEndpoints> {
  const rows = await store.rows<EndpointRow>('endpoints', 'select * from webhook_endpoints order by id', []);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const configured = configuredEndpoint(config, byId.get(CONFIGURED_ID));
  if (configured) {
    await store.commit({ webhook_endpoints: [configured] });
    byId.set(configured.id, configured);
  }
  return {
    subscribedTo: (type) => [...byId.values()].filter((endpoint) => wants(endpoint, type)),
    all: () => [...byId.values()],
    find: (id) => byId.get(id),
    put: (endpoint) => byId.set(endpoint.id, endpoint),
    remove: (id) => byId.delete(id),
  };
}

function wants(endpoint: EndpointRow, type: string): boolean {
  if (endpoint.status !== 'enabled') return false;
  return endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type);
}

/** With `none`, an endpoint of an earlier boot is switched off; there is nothing to do when there never was one. */
function configuredEndpoint(config: SimulatorConfig, former: EndpointRow | undefined): EndpointRow | undefined {
  if (config.PSP_WEBHOOK_URL === 'none') return former && { ...former, status: 'disabled' };
  return {
    id: CONFIGURED_ID,
    created: former?.created ?? nowSeconds(),
    url: config.PSP_WEBHOOK_URL,
    secret: config.PSP_WEBHOOK_SECRET,
    previous_secret: null,
    previous_secret_until: null,
    enabled_events: config.PSP_WEBHOOK_EVENTS.split(',').map((type) => type.trim()),
    status: 'enabled',
    description: 'From PSP_WEBHOOK_URL',
    metadata: {},
  };
}
