/** The frame around every screen: title area, rail, the screen itself, status bar. */
import { AppShell, Group, NavLink, Text, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Suspense, useEffect } from 'react';
import { Loading } from '../parts/Faces.tsx';
import { Mark } from '../parts/Mark.tsx';
import { go, matched, usePlace } from '../router.ts';
import { routes } from '../routes.tsx';
import type { Running, Session } from '../state/session.ts';
import { t } from '../texts/t.ts';
import { Activity } from './Activity.tsx';
import { ActivityButton } from './ActivityButton.tsx';
import { DemoBar } from './DemoBar.tsx';
import { EngineBar } from './EngineBar.tsx';
import { EngineSwitch } from './EngineSwitch.tsx';
import { useKeptFocus } from './kept-focus.ts';
import { News } from './News.tsx';
import { NoPlace } from './NoPlace.tsx';
import { useMenuPlaces } from './menu-places.ts';
import { openPalette, Palette } from './Palette.tsx';
import classes from './Shell.module.css';
import { StatusBar } from './StatusBar.tsx';
import { useShortcuts } from './shortcuts.ts';

interface ShellProps {
  readonly session: Session;
  readonly engine: Running | null;
}

const rail = routes.flatMap(({ path, rail: entry }) => (entry === undefined ? [] : [{ path, ...entry }]));

const HEAD_PX = 52;
const BAR_PX = 36;

export function Shell({ session, engine }: ShellProps) {
  const path = usePlace();
  const isDemo = engine?.isDemo === true;
  const elsewhere = engine?.elsewhere ?? null;
  const lost = elsewhere?.lost ?? null;
  const hasBar = isDemo || elsewhere !== null;
  useShortcuts(rail.map(({ path: to }) => to));
  useMenuPlaces(rail);
  useKeptFocus();
  useTop();
  const [current] = routes.flatMap((route) => {
    const params = matched(route.path, path);
    return params === null ? [] : [{ ...route, params }];
  });
  const Screen = current?.screen;
  const isIn = (to: string): boolean => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`));

  return (
    <AppShell
      header={{ height: hasBar ? HEAD_PX + BAR_PX : HEAD_PX }}
      // In a narrow window, or one that is enlarged, the rail is a strip of icons beside the content, and never in front of it.
      navbar={{ width: { base: 56, sm: 200 }, breakpoint: 0 }}
      footer={{ height: { base: 56, sm: 32 } }}
      padding="md"
      transitionDuration={0} // nothing slides in; a window made narrower is right at once
    >
      <a className="guts-skip" href="#content" onClick={skip}>
        {t('shell.skip')}
      </a>
      <AppShell.Header className={classes['head'] ?? ''}>
        {isDemo && <DemoBar />}
        {elsewhere !== null && <EngineBar session={session} url={engine?.url ?? ''} elsewhere={elsewhere} />}
        <div className={classes['headRow']}>
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Mark />
            <Text className={classes['appName'] ?? ''} fw={700}>
              {t('app.name')}
            </Text>
            <EngineSwitch session={session} engine={engine} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ActivityButton />
            <UnstyledButton className={classes['palette'] ?? ''} onClick={openPalette}>
              <IconSearch size={16} aria-hidden="true" />
              <span>{t('shell.palette')}</span>
              <kbd>Ctrl K</kbd>
            </UnstyledButton>
          </Group>
        </div>
      </AppShell.Header>
      <AppShell.Navbar className={classes['rail'] ?? ''} aria-label={t('shell.places')}>
        {rail.map(({ path: to, title, icon: Icon }, at) => (
          <NavLink
            key={to}
            href={`#${to}`}
            active={isIn(to)}
            aria-current={isIn(to) ? 'page' : undefined}
            label={t(title)}
            title={t(title)}
            classNames={{ root: classes['place'] ?? '', body: classes['placeName'] ?? '' }}
            aria-keyshortcuts={`Control+${at + 1}`}
            leftSection={<Icon size={18} aria-hidden="true" />}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes['main'] ?? ''} data-old={lost !== null || undefined}>
        <Suspense fallback={<Loading />}>
          {Screen === undefined ? (
            <NoPlace path={path} />
          ) : (
            <Screen key={current?.path} params={current?.params ?? {}} />
          )}
        </Suspense>
      </AppShell.Main>
      <AppShell.Footer className={classes['foot'] ?? ''}>
        <StatusBar session={session} isDemo={isDemo} lost={lost} />
      </AppShell.Footer>
      <Palette places={rail} onGo={go} />
      <Activity />
      <News />
    </AppShell>
  );
}

function skip(event: React.MouseEvent): void {
  event.preventDefault(); // “#content” is no place
  document.getElementById('content')?.focus();
}

/** A screen begins at its top, however far the one before was scrolled. */
function useTop(): void {
  useEffect(() => {
    const begin = (): void => scrollTo(0, 0);
    globalThis.addEventListener('hashchange', begin);
    return () => globalThis.removeEventListener('hashchange', begin);
  }, []);
}
