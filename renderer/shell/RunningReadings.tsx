/** Inventories that are being read at the moment. */
import { pathOf } from '../router.ts';
import { sources } from '../state/connections.ts';
import { useReadings } from '../state/readings.ts';
import { numberText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './Activity.module.css';
import { closeActivity } from './activity-open.ts';

export function RunningReadings() {
  const readings = useReadings();
  const known = sources.use();
  const running = Object.entries(readings).flatMap(([id, reading]) =>
    reading.state === 'running' ? [{ id, vms: reading.vms }] : [],
  );
  if (running.length === 0) return null;
  const nameOf = (id: string): string =>
    (known.state === 'known' ? known.value.find((one) => one.id === id)?.name : undefined) ?? id;
  return (
    <ul className={classes['readings']}>
      {running.map(({ id, vms }) => (
        <li key={id}>
          <a href={`#${pathOf('connections', 'source', id)}`} onClick={closeActivity}>
            {t('activity.reading', { source: nameOf(id), count: numberText(vms) })}
          </a>
        </li>
      ))}
    </ul>
  );
}
