/** What the window cannot know by itself: versions, and how the command line is called here. */
import { create } from 'zustand';
import type { AppFacts } from '../../main/shared/contract.ts';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { ask } from '../guts.ts';

export type FactsView =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: ErrorInfo }
  | { readonly state: 'known'; readonly facts: AppFacts };

export const useFacts = create<FactsView>()(() => ({ state: 'loading' }));

export async function loadFacts(): Promise<void> {
  useFacts.setState({ state: 'loading' }, true);
  try {
    useFacts.setState({ state: 'known', facts: await ask('app.facts', {}) }, true);
  } catch (error) {
    useFacts.setState({ state: 'failed', error: toErrorInfo(error) }, true);
  }
}
