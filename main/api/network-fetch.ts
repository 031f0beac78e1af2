/** The way over the network for the client. */
import type { Fetch } from './client.ts';

export const networkFetch =
  (_fingerprint: string | null): Fetch =>
  async (request) =>
    await fetch(request);
