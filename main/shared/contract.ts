/**
 * What the window may ask of the desktop program around it, and what it is told unasked. Everything about migrations it asks
 * as any client does, by the table of operations.
 */
import { z } from 'zod';
import {
  Closing,
  DesktopLanguage,
  MenuChoice,
  MenuPlace,
  NoticeWishes,
  QuitAnswer,
  QuitQuestion,
  UpdateChannel,
  UpdateFeed,
  UpdateState,
  Versions,
  WindowNews,
} from './desktop.ts';
import { EngineStatus } from './engine.ts';
import { EngineFacts, EngineId, EnginesView, EngineToken, EngineUrl, EngineWish, KeptEngine } from './engines.ts';
import type { ErrorInfo } from './errors.ts';
import { Handover, HandoverId } from './handover.ts';
import { HandoverLook } from './operations/handovers.ts';
import { WaveNumber } from './plans.ts';
import { ReportWish } from './report-wish.ts';
import { CertificateFacts, Trust } from './trust.ts';

const ask = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const nothing = z.strictObject({});

/** What the window cannot know by itself. */
export const AppFacts = z.object({
  version: z.string(),
  platform: z.string(),
  /** What an operator types before `convert` and the like. */
  command: z.string(),
  /** The folder in which `command` works; null where it works in any. */
  commandFolder: z.string().nullable(),
});
export type AppFacts = z.infer<typeof AppFacts>;

export const Theme = z.enum(['auto', 'light', 'dark']);
export type Theme = z.infer<typeof Theme>;

const HandoverWish = z.strictObject({
  direction: z.enum(['give', 'take']),
  plan: z.string().min(1).max(255),
  engine: EngineId,
  /** Left out: all that the giving side has of it. */
  waves: z.array(WaveNumber).min(1).max(1000).optional(),
});

export const asks = {
  'app.facts': ask(nothing, AppFacts),
  'engine.status': ask(nothing, EngineStatus),
  /** Starts Guts again after it failed, and tries again at once what is out of reach; does nothing else while it runs. */
  'engine.restart': ask(nothing, z.null()),
  /** The passphrase that `locked` waits for; null keeps secrets nowhere but in memory. */
  'engine.unlock': ask(z.strictObject({ passphrase: z.string().min(1).max(1024).nullable() }), z.null()),
  'engines.get': ask(nothing, EnginesView),
  /** The certificate that an address shows, as this computer sees it; null where there is none to see. */
  'engines.look': ask(z.strictObject({ url: EngineUrl }), CertificateFacts.nullable()),
  /** Tries an engine elsewhere, and keeps nothing. */
  'engines.test': ask(EngineWish, EngineFacts),
  /** Keeps an engine once it has been tried; its token goes into the vault. */
  'engines.add': ask(EngineWish, KeptEngine),
  /** Another token or certificate, tried before it is kept. */
  'engines.change': ask(
    z.strictObject({ id: EngineId, token: EngineToken.optional(), trust: Trust.optional() }),
    z.object({ engine: KeptEngine, facts: EngineFacts }),
  ),
  'engines.remove': ask(z.strictObject({ id: EngineId }), z.null()),
  /** Shows it in the window instead of this computer’s own, which goes on meanwhile; null shows that again. */
  'engines.show': ask(z.strictObject({ id: EngineId.nullable() }), z.null()),
  /** What of a plan would go to an engine elsewhere, or come from there to this computer’s own; nothing is changed. */
  'handover.look': ask(HandoverWish, HandoverLook),
  /** Begins it; this computer’s own engine carries it through. */
  'handover.start': ask(HandoverWish.extend({ withSecrets: z.boolean() }), Handover),
  'handover.show': ask(z.strictObject({ id: HandoverId }), Handover),
  /** Shows simulators instead of the real Guts, which goes on meanwhile; answers when they can be worked with. */
  'demo.start': ask(nothing, z.null()),
  /** Shows the real Guts again; answers when nothing of the demo is left. */
  'demo.end': ask(nothing, z.null()),
  'clipboard.write': ask(
    z.strictObject({
      text: z
        .string()
        .min(1)
        .max(1024 * 1024),
    }),
    z.null(),
  ),
  /** The report as it is printed; saving it is the page's. */
  'report.pdf': ask(z.strictObject({ of: ReportWish }), z.instanceof(Uint8Array)),
  /** Remembered for the next start, so that no window flashes in the wrong one. */
  'theme.set': ask(z.strictObject({ theme: Theme }), z.null()),
  /** Of menus, notices and dialogs. */
  'language.set': ask(z.strictObject({ language: DesktopLanguage }), z.null()),
  'app.versions': ask(nothing, Versions),
  /** Once, when the page begins. */
  'window.news': ask(nothing, WindowNews),
  /** The places of the rail, for the menu. */
  'menu.places': ask(z.strictObject({ places: z.array(MenuPlace).max(12) }), z.null()),
  'quit.answer': ask(z.strictObject({ answer: QuitAnswer }), z.null()),
  'closing.get': ask(nothing, Closing),
  'closing.set': ask(z.strictObject({ closing: Closing }), Closing),
  'notifications.get': ask(nothing, NoticeWishes),
  'notifications.set': ask(NoticeWishes, NoticeWishes),
  'updates.get': ask(nothing, UpdateState),
  'updates.set': ask(z.strictObject({ channel: UpdateChannel, feed: UpdateFeed.nullable() }), UpdateState),
  /** Asks the feed once; refused while something runs, and where the channel is off. */
  'updates.check': ask(nothing, UpdateState),
  /** In the browser of this computer: https addresses on servers that are set up as source or destination, nothing else. */
  'link.open': ask(z.strictObject({ url: z.string().max(2000) }), z.null()),
  /** In the file manager of this computer: the log's folder, or the licences of what Guts is made of. */
  'folder.open': ask(z.strictObject({ which: z.enum(['logs', 'licences']) }), z.null()),
};
export const tells = {
  'engine.changed': EngineStatus,
  'engines.changed': EnginesView,
  /** Shows a place of the window, by its path such as `/migrations/mig_…`. */
  'window.go': z.object({ path: z.string().regex(/^\/[\w./~-]*$/) }),
  'menu.chosen': z.object({ what: MenuChoice }),
  'quit.asked': QuitQuestion,
  'updates.changed': UpdateState,
};

export type Ask = keyof typeof asks;
export type Tell = keyof typeof tells;
export const askNames = Object.keys(asks) as Ask[]; // Object.keys forgets which strings they are
export type Input<K extends Ask> = z.input<(typeof asks)[K]['input']>;
export type Output<K extends Ask> = z.output<(typeof asks)[K]['output']>;
export type Told<K extends Tell> = z.output<(typeof tells)[K]>;
export type Handlers = { [K in Ask]: (input: z.output<(typeof asks)[K]['input']>) => Promise<Output<K>> };
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorInfo };

/** What the preload puts into the page as `window.guts`; all that the page has of the world outside. */
export interface Bridge {
  ask(name: string, input: unknown): Promise<Reply>;
  /** Calls `hear` with what is told under `name`; the function that it returns ends that. */
  listen(name: string, hear: (value: unknown) => void): () => void;
}
