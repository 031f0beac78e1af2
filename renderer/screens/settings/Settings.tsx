/** What can be set: of this window, of the desktop program, of the Guts behind it; found by its words. */
import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { Empty } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { t } from '../../texts/t.ts';
import { found, sectionsHere } from './sections.ts';
import classes from './Settings.module.css';

export function Settings() {
  const [search, setSearch] = useState('');
  const sections = sectionsHere();
  const shown = found(sections, search);
  return (
    <>
      <PageHead
        title={t('settings.title')}
        actions={
          <TextInput
            type="search"
            aria-label={t('settings.search')}
            placeholder={t('settings.search')}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            value={search}
            w={260}
            onChange={({ currentTarget: { value } }) => setSearch(value)}
          />
        }
      />
      {shown.length === 0 && (
        <Empty
          title={t('settings.none')}
          why={t('settings.noneWhy', { search })}
          action={<Button onClick={() => setSearch('')}>{t('settings.showAll')}</Button>}
        />
      )}
      <div className={classes['layout']} hidden={shown.length === 0}>
        <nav aria-label={t('settings.sections')} className={classes['list']}>
          <ul>
            {shown.map(({ id, title }) => (
              <li key={id}>
                <button type="button" onClick={() => jump(id)}>
                  {t(title)}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <div className={classes['sections']}>
          {sections.map((section) => (
            <div
              key={section.id}
              id={`settings-${section.id}`}
              tabIndex={-1}
              hidden={!shown.includes(section)} // and not taken away: what was begun there stays
              className={`guts-card ${classes['section']}`}
            >
              <section.component />
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

function jump(id: string): void {
  const section = document.getElementById(`settings-${id}`);
  section?.scrollIntoView();
  section?.focus({ preventScroll: true });
}
