/** The language of the window. */
import { NativeSelect } from '@mantine/core';
import { languages, prefer, usePreferences, type Language } from '../../state/preferences.ts';
import { t } from '../../texts/t.ts';
import { SettingsSection } from './SettingsSection.tsx';

/** Each by its own name, so that whoever cannot read the others finds it. */
const names: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', 'en-XA': '⟦Pseudo⟧' };

export function GeneralSettings() {
  const language = usePreferences((wish) => wish.language);
  const offered = languages.filter((one) => one !== 'en-XA' || language === one); // which is for tests
  return (
    <SettingsSection title={t('general.title')}>
      <NativeSelect
        label={t('general.language')}
        description={t('general.languageWhy')}
        data={offered.map((value) => ({ value, label: names[value] }))}
        value={language}
        onChange={({ currentTarget: { value } }) =>
          prefer({ language: languages.find((one) => one === value) ?? 'en' })
        }
        maw={280}
      />
    </SettingsSection>
  );
}
