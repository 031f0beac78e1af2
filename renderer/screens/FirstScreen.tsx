/** The screen that Guts opens with: how the engine is, and what can be done. */
import { CommandList } from '../parts/CommandList.tsx';
import { EngineCard } from '../parts/EngineCard.tsx';
import { Mark } from '../parts/Mark.tsx';
import { restartEngine, useEngine } from '../state/engine.ts';
import { loadFacts, useFacts } from '../state/facts.ts';
import { t } from '../texts/t.ts';

export function FirstScreen() {
  const status = useEngine();
  const facts = useFacts();

  return (
    <div className="first-screen">
      <header className="head">
        <Mark />
        <div>
          <h1>{t('app.name')}</h1>
          <p>{t('app.promise')}</p>
        </div>
        {facts.state === 'known' && <p className="version">{t('app.version', { version: facts.facts.version })}</p>}
      </header>
      <main>
        <EngineCard status={status} onRestart={restartEngine} />
        <CommandList view={facts} onRetry={() => void loadFacts()} />
      </main>
    </div>
  );
}
