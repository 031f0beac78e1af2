/** What takes a daemon, where none runs. */
import { GutsError } from '../shared/errors.ts';
import type { HandoverNames } from './handovers.ts';
import type { Some } from './handlers.ts';

/** It takes a queue that somebody works off. */
export class NeedsDaemonError extends GutsError {
  readonly code = 'daemon.needed';
  readonly remedy = 'Start it (“guts serve”) and try again.';

  constructor(what: string) {
    super(`${what} takes a daemon, and none runs on this data folder.`);
  }
}

const needed = (what: string) => async (): Promise<never> => await Promise.reject(new NeedsDaemonError(what));

export function noPlan(): never {
  throw new NeedsDaemonError('A plan');
}

export const withoutDaemon: Some<
  | 'plans.list'
  | 'plans.create'
  | 'plans.show'
  | 'plans.change'
  | 'plans.add'
  | 'plans.move'
  | 'plans.export'
  | 'plans.proposeWaves'
  | 'planTemplates.list'
  | 'planTemplates.save'
  | 'planTemplates.show'
  | 'planTemplates.delete'
  | 'plans.start'
  | HandoverNames
  | 'plans.rehearse'
  | 'plans.delete'
  | 'nodes.list'
  | 'nodes.drain'
  | 'nodes.remove'
  | 'services.list'
  | 'settings.show'
  | 'settings.change'
  | 'tokens.list'
  | 'tokens.create'
  | 'tokens.delete'
  | 'audit.list'
  | 'about.show'
  | 'logs.list'
  | 'logs.preview'
  | 'logs.bundle'
> = {
  'plans.list': needed('A plan'),
  'plans.create': needed('A plan'),
  'plans.show': needed('A plan'),
  'plans.change': needed('A plan'),
  'plans.add': needed('A plan'),
  'plans.move': needed('A plan'),
  'plans.export': needed('A plan'),
  'plans.proposeWaves': needed('A plan'),
  'planTemplates.list': needed('A template'),
  'planTemplates.save': needed('A template'),
  'planTemplates.show': needed('A template'),
  'planTemplates.delete': needed('A template'),
  'plans.start': needed('A plan'),
  'handovers.list': needed('A hand-over'),
  'handovers.show': needed('A hand-over'),
  'handovers.look': needed('A hand-over'),
  'handovers.give': needed('A hand-over'),
  'handovers.take': needed('A hand-over'),
  'handovers.offer': needed('A hand-over'),
  'handovers.reserve': needed('A hand-over'),
  'handovers.rest': needed('A hand-over'),
  'handovers.release': needed('A hand-over'),
  'handovers.receive': needed('A hand-over'),
  'handovers.close': needed('A hand-over'),
  'handovers.waves': needed('A hand-over'),
  'handovers.tellWaves': needed('A hand-over'),
  'plans.rehearse': needed('A plan'),
  'plans.delete': needed('A plan'),
  'nodes.list': needed('A list of nodes'),
  'nodes.drain': needed('A list of nodes'),
  'nodes.remove': needed('A list of nodes'),
  'services.list': needed('A list of services'),
  'settings.show': needed('Looking at its settings'),
  'settings.change': needed('Changing settings'),
  'tokens.list': needed('A token'),
  'tokens.create': needed('A token'),
  'tokens.delete': needed('A token'),
  'audit.list': needed('The audit log'),
  'about.show': needed('A look at the daemon'),
  'logs.list': needed('A look at its log'),
  'logs.preview': needed('A look at its log'),
  'logs.bundle': needed('A bundle over REST'),
};
