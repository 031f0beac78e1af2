/** The window's own address: pages and answers come from guts://app/, and nothing else is let in. */
import type { IpcMainInvokeEvent } from 'electron';
import type { PageFiles } from '../api/page.ts';
import { walls } from '../api/page.ts';

export const scheme = 'guts';
export const pageUrl = 'guts://app/';
/** What `senderFrame.origin` says for the page; Node's URL would say “null” for a scheme that it does not know. */
export const pageOrigin = 'guts://app';

/** Whether a message comes from the page itself, and from no frame in it. */
export const isPage = ({ senderFrame }: Pick<IpcMainInvokeEvent, 'senderFrame'>): boolean =>
  senderFrame !== null && senderFrame.origin === pageOrigin && senderFrame.parent === null;

/** Of the page's files, and of Guts itself: the paths that REST has. */
const isAsked = (pathname: string): boolean => /^\/(v1\/|openapi\.json$|docs$|healthz$|readyz$)/.test(pathname);

/**
 * Answers every request of the window: for the page's files from `page`, for what REST has from `guts`.
 * @param guts the Guts that the window works with
 */
export function answersOf(
  page: PageFiles,
  guts: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== 'app') return plain(404, 'There is no such host.');
    if (isAsked(pathname)) return await guts(request);
    return (await page(request)) ?? plain(404, 'There is no such file.');
  };
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...walls('none') } });
}
