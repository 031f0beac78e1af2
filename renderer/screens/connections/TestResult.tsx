/** What a test found: the product, what the user may not do and what that costs, warnings, projects. */
import { List, Stack, Text } from '@mantine/core';
import { Badge } from '../../parts/Badge.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { FactList } from '../../parts/FactList.tsx';
import { isFlawless, type TestOutcome } from '../../state/tests.ts';
import { t } from '../../texts/t.ts';
import type { ConnectionDeed } from './deeds.ts';
import classes from './Connections.module.css';
import { RemedyButtons } from './RemedyButtons.tsx';

interface TestResultProps {
  readonly name: string;
  readonly outcome: TestOutcome;
  readonly at: string;
  readonly onRetry?: () => void;
  readonly onAsk: (deed: ConnectionDeed) => void;
}

export function TestResult({ name, outcome, at, onRetry, onAsk }: TestResultProps) {
  if (outcome.side === 'failed') {
    const { error } = outcome;
    return (
      <ErrorCard
        title={t('connections.testFailedOf', { name })}
        error={error}
        at={at}
        actions={<RemedyButtons error={error} onAsk={onAsk} />}
        {...(onRetry === undefined ? {} : { onRetry })}
      />
    );
  }
  const { warnings } = outcome.result;
  return (
    <Stack gap="sm">
      <div>
        <Badge tone={isFlawless(outcome) ? 'good' : 'wait'}>
          {t(isFlawless(outcome) ? 'connections.signedIn' : 'connections.signedInBut')}
        </Badge>
      </div>
      {outcome.side === 'source' ? <SourceFound {...outcome} /> : <CloudFound {...outcome} />}
      {warnings.length > 0 && (
        <section>
          <Text fw={600}>{t('connections.warnings')}</Text>
          <List>
            {warnings.map((warning) => (
              <List.Item key={warning}>{warning}</List.Item>
            ))}
          </List>
        </section>
      )}
    </Stack>
  );
}

function SourceFound({ result }: Extract<TestOutcome, { side: 'source' }>) {
  const { about, missingPrivileges } = result;
  return (
    <>
      <FactList
        facts={[
          [t('connections.product'), about.product],
          [
            t('connections.versionOnly'),
            t(about.kind === 'hyperv' ? 'connections.systemOf' : 'connections.build', {
              ...about,
              host: about.instanceId,
            }),
          ],
          [
            t('connections.privileges'),
            missingPrivileges.length === 0
              ? t('connections.privilegesAll')
              : t('connections.privilegesMissing', { count: missingPrivileges.length }),
          ],
        ]}
      />
      {missingPrivileges.length > 0 && (
        <table className={classes['privileges']}>
          <thead>
            <tr>
              <th scope="col">{t('connections.privilege')}</th>
              <th scope="col">{t('connections.withoutIt')}</th>
            </tr>
          </thead>
          <tbody>
            {missingPrivileges.map(({ privilege, neededFor }) => (
              <tr key={privilege}>
                <td>
                  <code>{privilege}</code>
                </td>
                <td>{t('connections.noWay', { what: neededFor })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function CloudFound({ result }: Extract<TestOutcome, { side: 'destination' }>) {
  const { about, projects } = result;
  const versions = Object.entries(about.versions).map(([service, version]) => `${service} ${version}`);
  return (
    <FactList
      facts={[
        [t('connections.project'), about.project.name],
        [t('connections.user'), about.user.name],
        [t('connections.roles'), about.roles.join(', ') || '–'],
        [t('connections.region'), about.region],
        [t('connections.versions'), versions.join(', ')],
        [t('connections.projects'), projects.map(({ name }) => name).join(', ') || '–'],
      ]}
    />
  );
}
