/** Whether there is a Guts to work with, and who this is to it. */
import { create } from 'zustand';
import type { EngineStatus } from '../../main/shared/engine.ts';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { OutputOf } from '../../main/shared/operations.ts';
import { call, signInWith, whenStranger } from '../api.ts';
import { ask, isDesktop, listen } from '../bridge.ts';
import { catchUp, endLive, startLive } from './live.ts';

export type Session = OutputOf<'session.show'>;
export type Running = Extract<EngineStatus, { state: 'running' }>;

export type SessionView =
  | Exclude<EngineStatus, Running>
  | { readonly state: 'signedOut'; readonly error: ErrorInfo | null }
  /** `engine` is null in a browser. */
  | { readonly state: 'ready'; readonly session: Session; readonly engine: Running | null };

export const useSession = create<SessionView>()(() => ({ state: 'starting' }));

const show = (view: SessionView): void => useSession.setState(view, true);

/** For as long as this page is open in this tab. */
const TOKEN = 'guts.token';

/** Follows the desktop program, or signs in again where this tab had signed in. */
export function followSession(): void {
  if (isDesktop()) {
    listen('engine.changed', (status) => void follow(status));
    ask('engine.status', {}).then(
      (status) => void follow(status),
      (error: unknown) => show({ state: 'failed', error: toErrorInfo(error) }),
    );
    return;
  }
  whenStranger((error) => leave(toErrorInfo(error))); // its token was revoked, or has expired
  const token = sessionStorage.getItem(TOKEN);
  if (token === null) show({ state: 'signedOut', error: null });
  else void signIn(token);
}

/** For browsers. What is refused is said where the token is asked for. */
export async function signIn(token: string): Promise<void> {
  signInWith(token);
  show({ state: 'starting' });
  try {
    const session = await call('session.show', {});
    sessionStorage.setItem(TOKEN, token);
    begin(session, null);
  } catch (error) {
    leave(toErrorInfo(error));
  }
}

export const signOut = (): void => leave(null);

function leave(error: ErrorInfo | null): void {
  sessionStorage.removeItem(TOKEN);
  endLive();
  signInWith(null);
  show({ state: 'signedOut', error });
}

/** @param passphrase null goes on without a vault */
export function unlock(passphrase: string | null): void {
  ask('engine.unlock', { passphrase }).catch(showFailure);
}

export function startAgain(): void {
  ask('engine.restart', {}).catch(showFailure);
}

/** Whether this caller may do what takes `role`. */
export const mayAs = (view: SessionView, role: 'operator' | 'admin'): boolean =>
  view.state === 'ready' && (view.session.caller.role === 'admin' || view.session.caller.role === role);

const showFailure = (error: unknown): void => show({ state: 'failed', error: toErrorInfo(error) });

/** Grows with each that is told: what was asked because of the one before says less. */
let told = 0;

async function follow(status: EngineStatus): Promise<void> {
  const own = ++told;
  const before = useSession.getState();
  if (status.state !== 'running') {
    endLive();
    show(status);
    return;
  }
  if (before.state === 'ready' && before.engine !== null && isSameEngine(before.engine, status)) {
    show({ ...before, engine: status });
    // What it told meanwhile was not heard, and what was asked has failed.
    if (isLost(before.engine) && !isLost(status)) {
      catchUp();
      call('session.show', {}).then(
        (session) => own === told && show({ state: 'ready', session, engine: status }),
        () => {}, // told again, then
      );
    }
    return;
  }
  try {
    const session = await call('session.show', {});
    if (own === told) begin(session, status);
  } catch (error) {
    if (own === told) showFailure(error);
  }
}

const isSameEngine = (a: Running, b: Running): boolean => nameOf(a) === nameOf(b);

const isLost = ({ elsewhere }: Running): boolean => elsewhere !== null && elsewhere.lost !== null;

/** By which one Guts is told from another. */
export const nameOf = ({ url, isDemo, elsewhere }: Running): string => `${url} ${isDemo} ${elsewhere?.id ?? ''}`;

function begin(session: Session, engine: Running | null): void {
  show({ state: 'ready', session, engine });
  startLive();
}
