/** What a user chooses about the desktop program, and what it says of itself; in a browser there is none of it. */
import { z } from 'zod';
import { ErrorShape } from './errors-shape.ts';

/** The languages of menus, notices and dialogs, which do not come from the page. */
export const DesktopLanguage = z.enum(['en', 'de']);
export type DesktopLanguage = z.infer<typeof DesktopLanguage>;

/** What the operating system's notices are about; `window` is a window of time that closes with work still running. */
export const NoticeKind = z.enum(['finished', 'failed', 'needsYou', 'window']);
export type NoticeKind = z.infer<typeof NoticeKind>;

export const NoticeWishes = z.strictObject({
  finished: z.boolean(),
  failed: z.boolean(),
  needsYou: z.boolean(),
  window: z.boolean(),
});
export type NoticeWishes = z.infer<typeof NoticeWishes>;

/** What closing the window does where there is a tray; `ask` until somebody has said. */
export const Closing = z.enum(['ask', 'tray', 'quit']);
export type Closing = z.infer<typeof Closing>;

/** A place of the window as the menu shows it, in the page's words and order. */
export const MenuPlace = z.strictObject({
  path: z.string().regex(/^\/[\w./~-]{0,200}$/),
  title: z.string().min(1).max(80),
});
export type MenuPlace = z.infer<typeof MenuPlace>;

/** What the page opens when it is chosen in the menu. */
export const MenuChoice = z.enum(['about', 'keys', 'palette']);
export type MenuChoice = z.infer<typeof MenuChoice>;

/** Asked before Guts ends, or before its window does. */
export const QuitQuestion = z.object({
  why: z.enum(['quit', 'close']),
  /** Migrations that would be paused. */
  running: z.number().int().nonnegative(),
  hasTray: z.boolean(),
});
export type QuitQuestion = z.infer<typeof QuitQuestion>;

/** `shown` says that the question is on the screen; the others end it. `quit` pauses what runs. */
export const QuitAnswer = z.enum(['shown', 'background', 'quit', 'cancel']);
export type QuitAnswer = z.infer<typeof QuitAnswer>;
export type QuitDecision = Exclude<QuitAnswer, 'shown'>;

export const UpdateChannel = z.enum(['off', 'stable', 'beta']);
export type UpdateChannel = z.infer<typeof UpdateChannel>;

/** Where new versions are told: by HTTPS, or on this very computer. */
export const UpdateFeed = z
  .url({ protocol: /^https?$/, abort: true }) // what is no address is not looked into
  .max(2000)
  .refine((text) => {
    const { protocol, hostname, username, password } = new URL(text);
    const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
    return (protocol === 'https:' || isHere) && username === '' && password === '';
  }, 'an address that begins with https:// and names no user');

export const NewVersion = z.object({
  version: z.string(),
  releasedAt: z.string().nullable(),
  /** As plain text. */
  notes: z.string().nullable(),
  /** What there is to fetch for this system, with the checksum that the feed gives. */
  files: z.array(z.object({ url: z.string(), sha512: z.string(), sizeBytes: z.number().nullable() })),
});
export type NewVersion = z.infer<typeof NewVersion>;

export const UpdateOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  z.object({ kind: z.literal('current'), at: z.iso.datetime() }),
  z.object({ kind: z.literal('newer'), at: z.iso.datetime(), newer: NewVersion }),
  z.object({ kind: z.literal('failed'), at: z.iso.datetime(), error: ErrorShape }),
]);
export type UpdateOutcome = z.infer<typeof UpdateOutcome>;

export const UpdateState = z.object({
  channel: UpdateChannel,
  /** Null where nobody said: nothing can be asked then. */
  feed: z.string().nullable(),
  /** Whoever manages this computer has turned it off. */
  isManaged: z.boolean(),
  version: z.string(),
  last: UpdateOutcome,
});
export type UpdateState = z.infer<typeof UpdateState>;

/** What the page has to know when it begins: where it was sent meanwhile, and whether it comes back after it broke. */
export const WindowNews = z.object({ path: z.string().nullable(), cameBack: z.boolean() });
export type WindowNews = z.infer<typeof WindowNews>;

/** Of Guts and of what it is made of, for reports. */
export const Versions = z.array(z.object({ name: z.string(), version: z.string() }));
export type Versions = z.infer<typeof Versions>;
