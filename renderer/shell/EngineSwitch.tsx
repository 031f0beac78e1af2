/** Which Guts this window works with, and a choice of others. */
import { Menu, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector, IconServer, IconSettings } from '@tabler/icons-react';
import { isDesktop } from '../bridge.ts';
import { go } from '../router.ts';
import { showEngine, useEngines } from '../state/engines.ts';
import type { Running, Session } from '../state/session.ts';
import { t } from '../texts/t.ts';
import { EngineName } from './EngineName.tsx';
import classes from './Shell.module.css';

interface EngineSwitchProps {
  readonly session: Session;
  readonly engine: Running | null;
}

export function EngineSwitch({ session, engine }: EngineSwitchProps) {
  const { engines, shown } = useEngines();
  const name = <EngineName session={session} engine={engine} />;
  if (!isDesktop() || engine === null || engine.isDemo) return name;
  const sign = (isIt: boolean) => <IconCheck size={16} aria-hidden="true" visibility={isIt ? 'visible' : 'hidden'} />;
  const choices = [{ id: null, name: t('engine.own'), url: '' }, ...engines];
  return (
    <Menu
      position="bottom-start"
      withInitialFocusPlaceholder={false}
      classNames={{ dropdown: classes['engines'] ?? '' }}
    >
      <Menu.Target>
        <UnstyledButton className={classes['engine'] ?? ''} title={t('engine.choose')}>
          <IconServer size={16} aria-hidden="true" />
          {name}
          <IconSelector size={14} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ id, name: label, url }) => (
          <Menu.Item
            key={id}
            aria-current={id === shown || undefined}
            leftSection={sign(id === shown)}
            onClick={() => void (id !== shown && showEngine(id))}
          >
            {label}
            {url !== '' && <span className={classes['engineUrl']}> {url}</span>}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={16} aria-hidden="true" />} onClick={() => go('/settings')}>
          {t('engine.manage')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
