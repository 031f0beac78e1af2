/** How the engine is: starting, running with its figures, or stopped with the way out. */
import type { EngineFigures, EngineStatus } from '../../main/shared/engine.ts';
import { bytesText } from '../../main/shared/figures.ts';
import { t, type PlainText } from '../texts/t.ts';
import { uptime } from '../texts/uptime.ts';
import { Failure } from './Failure.tsx';

interface EngineCardProps {
  readonly status: EngineStatus;
  readonly onRestart: () => void;
}

const stateTexts = {
  starting: 'engine.starting',
  running: 'engine.running',
  failed: 'engine.failed',
} as const satisfies Record<EngineStatus['state'], PlainText>;

export function EngineCard({ status, onRestart }: EngineCardProps) {
  return (
    <section className="card engine" aria-labelledby="engine-title" aria-busy={status.state === 'starting'}>
      <div className="card-head">
        <h2 id="engine-title">{t('engine.title')}</h2>
        <output className={`state state-${status.state}`}>{t(stateTexts[status.state])}</output>
      </div>
      {status.state === 'starting' && <p className="quiet">{t('engine.startingWhy')}</p>}
      {status.state === 'failed' && (
        <Failure error={status.error} retryLabel={t('engine.restart')} onRetry={onRestart} />
      )}
      {status.state === 'running' && <Figures figures={status} />}
    </section>
  );
}

function Figures({ figures }: { readonly figures: EngineFigures }) {
  return (
    <>
      <dl className="figures">
        <div className="figure-main">
          <dt>{t('engine.up')}</dt>
          <dd data-live="">{uptime(figures.upSeconds)}</dd>
        </div>
        <div>
          <dt>{t('engine.memory')}</dt>
          <dd>{bytesText(figures.memoryBytes)}</dd>
        </div>
        <div>
          <dt>{t('engine.jobs')}</dt>
          <dd>{t('engine.jobsDoneRunning', { done: figures.jobsDone, running: figures.jobsRunning })}</dd>
        </div>
        <div>
          <dt>{t('engine.written')}</dt>
          <dd>{bytesText(figures.bytesWritten)}</dd>
        </div>
      </dl>
      {figures.jobsDone + figures.jobsRunning === 0 && <p className="quiet">{t('engine.idle')}</p>}
    </>
  );
}
