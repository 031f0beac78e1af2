/** Carries the contract between the page and the main process: nothing reaches a handler unchecked. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { z } from 'zod';
import { channel } from '../shared/channel.ts';
import { askNames, asks, tells, type Handlers, type Reply, type Tell, type Told } from '../shared/contract.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';

/** A message that is not in the contract, or does not come from Guts' own page. */
export class RefusedMessageError extends GutsError {
  readonly code = 'window.refused';
  readonly remedy = 'Close the window and start Guts again. If it comes back, report it with what you did.';
}

/** Answers every call of the contract. `isOurs` says whether a message comes from Guts' own page. */
export function serve(
  ipc: Pick<IpcMain, 'handle'>,
  handlers: Handlers,
  isOurs: (event: IpcMainInvokeEvent) => boolean,
): void {
  for (const name of askNames) {
    const handle = handlers[name] as (input: unknown) => Promise<unknown>; // made true by the check below
    const { input } = asks[name];
    ipc.handle(channel(name), async (event, raw: unknown): Promise<Reply> => {
      try {
        if (!isOurs(event)) {
          throw new RefusedMessageError(`“${name}” came from ${event.senderFrame?.url ?? 'a closed frame'}.`);
        }
        const checked = input.safeParse(raw);
        if (!checked.success) {
          throw new RefusedMessageError(`“${name}” cannot be asked like that: ${z.prettifyError(checked.error)}`);
        }
        return { ok: true, value: await handle(checked.data) };
      } catch (error) {
        return { ok: false, error: toErrorInfo(error) };
      }
    });
  }
}

/** Tells the page something; what does not fit the contract is a fault here and never leaves. */
export function tell<K extends Tell>(page: Pick<WebContents, 'send' | 'isDestroyed'>, name: K, value: Told<K>): void {
  if (!page.isDestroyed()) page.send(channel(name), tells[name].parse(value));
}
