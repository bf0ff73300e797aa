import { config } from '#config';

const DAY_SECONDS = 86_400;

/** Lets days pass at the simulator, and waits until it has done what was due in them. */
export async function moveClock(days: number): Promise<void> {
  const { PSP_BASE_URL, PSP_SECRET_KEY } = config();
  const response = await fetch(`${PSP_BASE_URL}/v1/test_helpers/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PSP_SECRET_KEY}` },
    body: new URLSearchParams({ advance: String(days * DAY_SECONDS) }),
  });
  if (!response.ok) throw new Error(`the simulator's clock did not move: ${response.status}`);
}
