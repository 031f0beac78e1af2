/** Who else may come in: tokens for programs and for other people's browsers. */
import { Button, Group, Text, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { TokenFacts } from '../../../main/shared/access.ts';
import { call } from '../../api.ts';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { mayAs, useSession } from '../../state/session.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { exactText, momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { NewToken } from './NewToken.tsx';
import classes from './Settings.module.css';
import { SettingsSection } from './SettingsSection.tsx';

export function TokenSettings() {
  const isAdmin = mayAs(useSession(), 'admin');
  return (
    <SettingsSection title={t('tokens.title')} why={t('tokens.why')}>
      {isAdmin ? <Tokens /> : <Text size="sm">{t('may.onlyAdmin')}</Text>}
    </SettingsSection>
  );
}

const ask = async (signal: AbortSignal): Promise<readonly TokenFacts[]> =>
  (await call('tokens.list', {}, signal)).tokens;

function Tokens() {
  const { of, load } = useAnswer(ask);
  const [revoking, setRevoking] = useState<TokenFacts | null>(null);
  const [isMaking, setIsMaking] = useState(false);
  return (
    <>
      <Faces of={of} onRetry={load}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Text size="sm">{t('tokens.none')}</Text>
          ) : (
            <List tokens={tokens} onRevoke={setRevoking} />
          )
        }
      </Faces>
      <Group>
        <Button variant="default" size="xs" onClick={() => setIsMaking(true)}>
          {t('tokens.new')}
        </Button>
      </Group>
      {isMaking && <NewToken onMade={load} onClose={() => setIsMaking(false)} />}
      {revoking !== null && (
        <ConfirmDialog
          title={t('tokens.revokeTitle', { name: revoking.name })}
          doIt={t('tokens.revokeIt')}
          onDo={async () => {
            await call('tokens.delete', { token: revoking.id });
            load();
          }}
          onClose={() => setRevoking(null)}
        >
          <Text>{t('tokens.revokeWhy')}</Text>
        </ConfirmDialog>
      )}
    </>
  );
}

interface ListProps {
  readonly tokens: readonly TokenFacts[];
  readonly onRevoke: (token: TokenFacts) => void;
}

function List({ tokens, onRevoke }: ListProps) {
  return (
    <table className={classes['table']} aria-label={t('tokens.title')}>
      <thead>
        <tr>
          {(['name', 'role', 'made', 'expires', 'action'] as const).map((column) => (
            <th key={column} scope="col">
              {column === 'action' ? <VisuallyHidden>{t('tokens.action')}</VisuallyHidden> : t(`tokens.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">{token.name}</th>
            <td>{t(`tokens.role.${token.role}`)}</td>
            <td>
              <Moment at={token.createdAt} />
            </td>
            <td>{token.expiresAt === null ? t('tokens.never') : <Moment at={token.expiresAt} />}</td>
            <td>
              <Button
                size="xs"
                variant="default"
                aria-label={t('tokens.revoke', { name: token.name })}
                onClick={() => onRevoke(token)}
              >
                {t('tokens.revokeShort')}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Moment = ({ at }: { readonly at: string }) => <time title={exactText(at)}>{momentText(at)}</time>;
