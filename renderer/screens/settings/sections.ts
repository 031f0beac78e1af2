/** The parts of the settings, in their order, and the words by which each is found. */
import type { ComponentType } from 'react';
import { isDesktop } from '../../bridge.ts';
import { en } from '../../texts/en/index.ts';
import { t, type TextKey } from '../../texts/t.ts';
import { AdvancedSettings } from './AdvancedSettings.tsx';
import { AppearanceSettings } from './AppearanceSettings.tsx';
import { BandwidthSettings } from './BandwidthSettings.tsx';
import { ClosingSettings } from './ClosingSettings.tsx';
import { EngineSettings } from './EngineSettings.tsx';
import { FileSettings } from './FileSettings.tsx';
import { GeneralSettings } from './GeneralSettings.tsx';
import { NotificationSettings } from './NotificationSettings.tsx';
import { PerformanceSettings } from './PerformanceSettings.tsx';
import { PrivacySettings } from './PrivacySettings.tsx';
import { TokenSettings } from './TokenSettings.tsx';
import { UpdateSettings } from './UpdateSettings.tsx';
import { VaultSettings } from './VaultSettings.tsx';

export interface Section {
  readonly id: string;
  readonly title: TextKey;
  /** All texts whose keys begin so are its words. */
  readonly words: string;
  readonly component: ComponentType;
  readonly isDesktopOnly?: true;
}

const all: readonly Section[] = [
  { id: 'general', title: 'general.title', words: 'general.', component: GeneralSettings },
  { id: 'appearance', title: 'appearance.title', words: 'appearance.', component: AppearanceSettings },
  { id: 'closing', title: 'closing.title', words: 'closing.', component: ClosingSettings, isDesktopOnly: true },
  { id: 'notices', title: 'notices.title', words: 'notices.', component: NotificationSettings, isDesktopOnly: true },
  { id: 'engine', title: 'engine.title', words: 'engine.', component: EngineSettings },
  { id: 'tokens', title: 'tokens.title', words: 'tokens.', component: TokenSettings },
  { id: 'performance', title: 'performance.title', words: 'performance.', component: PerformanceSettings },
  { id: 'bandwidth', title: 'bandwidth.title', words: 'bandwidth.', component: BandwidthSettings },
  { id: 'vault', title: 'vault.title', words: 'vault.', component: VaultSettings },
  { id: 'updates', title: 'updates.title', words: 'updates.', component: UpdateSettings, isDesktopOnly: true },
  { id: 'privacy', title: 'privacy.title', words: 'privacy.', component: PrivacySettings },
  { id: 'file', title: 'settingsFile.title', words: 'settingsFile.', component: FileSettings },
  { id: 'advanced', title: 'advanced.title', words: 'advanced.', component: AdvancedSettings },
];

/** Those that there are here. */
export const sectionsHere = (): readonly Section[] =>
  all.filter(({ isDesktopOnly }) => isDesktopOnly !== true || isDesktop());

/** Those in which every word of the search stands somewhere. */
export function found(sections: readonly Section[], search: string): readonly Section[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return sections;
  return sections.filter((section) => {
    const said = textsOf(section);
    return wanted.every((word) => said.includes(word));
  });
}

const keys = Object.keys(en) as TextKey[]; // those with a number at the end are read as they stand

const textsOf = ({ words }: Section): string =>
  keys
    .filter((key) => key.startsWith(words))
    .map((key) => t(key))
    .join('\n')
    .toLowerCase();
