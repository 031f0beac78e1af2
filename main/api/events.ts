/** `/v1/events`: what happens, as it happens, as server-sent events; whoever breaks off goes on by Last-Event-ID. */
import { demandRole, type Access } from '../access/access.ts';
import { toErrorInfo } from '../shared/errors.ts';
import { wantedOf } from './event-frames.ts';
import type { EventStreams } from './event-streams.ts';
import type { Arrival } from './answer.ts';
import { EVENTS_TYPE } from '../shared/client/words.ts';

const HEADERS = {
  'content-type': EVENTS_TYPE,
  'cache-control': 'no-store',
  'x-accel-buffering': 'no', // proxies that collect answers would keep events back
};

export async function eventsResponse(
  request: Request,
  streams: EventStreams,
  access: Access,
  { address }: Arrival,
): Promise<Response> {
  const signs = signsOf(request.headers);
  demandRole(await access.callerOf(signs, address), 'viewer');
  const wanted = wantedOf(new URL(request.url).searchParams);
  if (request.method === 'HEAD') return new Response(null, { headers: HEADERS });
  const lastId = request.headers.get('last-event-id');
  const isWelcome = async (): Promise<boolean> => {
    try {
      await access.callerOf(signs, address);
      return true;
    } catch (error) {
      return toErrorInfo(error).retryable; // a Keystone that is silent for a while revokes nothing
    }
  };
  return new Response(streams.listen({ wanted, lastId, isWelcome }), { headers: HEADERS });
}

/** By what somebody is known. They are needed for longer than the request. */
function signsOf(headers: Headers): Headers {
  const signs = new Headers();
  for (const name of ['authorization', 'x-auth-token']) {
    const value = headers.get(name);
    if (value !== null) signs.set(name, value);
  }
  return signs;
}
