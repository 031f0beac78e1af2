/** What is here before there are workers: how they come. */
import { Title } from '@mantine/core';
import { t } from '../../texts/t.ts';
import classes from './Fleet.module.css';

const BROKER = '--broker amqps://guts@mq.example.net/guts --broker-password-file broker.password';
const steps = [
  { says: 'fleet.joinServe', command: `guts serve ${BROKER}` },
  { says: 'fleet.joinKey', command: 'guts node key -o join.key' },
  { says: 'fleet.joinWorker', command: `guts worker ${BROKER} --join-key-file join.key --name w1` },
] as const;

export function HowToJoin() {
  return (
    <section className={`guts-card ${classes['how']}`} aria-labelledby="fleet-join">
      <Title order={2} size="h5" id="fleet-join">
        {t('fleet.emptyTitle')}
      </Title>
      <p>{t('fleet.emptyWhy')}</p>
      <ol>
        {steps.map(({ says, command }) => (
          <li key={says}>
            {t(says)}
            <code className={classes['command']}>{command}</code>
          </li>
        ))}
      </ol>
    </section>
  );
}
