/** What every step of the wizard works on. */
import { createContext, useContext } from 'react';
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { ErrorInfo } from '../../../../main/shared/errors.ts';
import type { Loaded } from '../../../state/loaded.ts';
import type { CloudWorld, SourceWorld } from '../worlds.ts';
import type { Draft, OwnOptions, StepName } from './draft.ts';
import type { NetworkLine, Picked } from './effective.ts';
import type { Problem } from './problems.ts';

export interface Wizard {
  /** Under which the draft is kept: an id of a plan, or `NEW_PLAN`. */
  readonly key: string;
  readonly draft: Draft;
  change(change: (draft: Draft) => Partial<Draft>): void;
  readonly source: Loaded<SourceWorld>;
  readonly world: SourceWorld | null;
  /** Why not everything is known of the machines; null where it is. */
  readonly unread: 'loading' | ErrorInfo | null;
  readonly cloud: Loaded<CloudWorld>;
  readonly facts: CloudFacts | null;
  readonly lines: readonly NetworkLine[];
  /** The plan's own options, with the networks that hold. */
  readonly planWide: OwnOptions;
  readonly picked: readonly Picked[];
  readonly problems: readonly Problem[];
  go(step: StepName, field?: string): void;
  /** Done before the step is left for the next one. */
  setBeforeNext(work: (() => void) | null): void;
  /** Migrations have been made of it, so its two sides stay. */
  readonly isUnderWay: boolean;
}

export const WizardContext = createContext<Wizard | null>(null);

export function useWizard(): Wizard {
  const wizard = useContext(WizardContext);
  if (wizard === null) throw new Error('A step stands in no wizard.');
  return wizard;
}
