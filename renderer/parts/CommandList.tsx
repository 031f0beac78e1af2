/** What Guts does from the command line, each with an example to copy. */
import { t } from '../texts/t.ts';
import type { FactsView } from '../state/facts.ts';
import { commands, type Command } from './commands.ts';
import { CopyButton } from './CopyButton.tsx';
import { Failure } from './Failure.tsx';

interface CommandListProps {
  readonly view: FactsView;
  readonly onRetry: () => void;
}

export function CommandList({ view, onRetry }: CommandListProps) {
  return (
    <section className="card" aria-labelledby="commands-title" aria-busy={view.state === 'loading'}>
      <div className="card-head">
        <h2 id="commands-title">{t('commands.title')}</h2>
      </div>
      {view.state === 'loading' && <p className="quiet">{t('commands.loading')}</p>}
      {view.state === 'failed' && <Failure error={view.error} retryLabel={t('commands.retry')} onRetry={onRetry} />}
      {view.state === 'known' && (
        <>
          <Where folder={view.facts.commandFolder} />
          <ul className="commands">
            {commands.map((command) => (
              <CommandItem key={command.words} command={command} program={view.facts.command} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Where({ folder }: { readonly folder: string | null }) {
  if (folder === null) return <p className="quiet">{t('commands.where')}</p>;
  return (
    <p className="quiet">
      {t('commands.whereFolder')} <code>{folder}</code>
    </p>
  );
}

function CommandItem({ command, program }: { readonly command: Command; readonly program: string }) {
  const line = `${program} ${command.words}`;
  return (
    <li>
      <h3>{t(command.title)}</h3>
      <p>{t(command.text)}</p>
      <div className="example">
        <code>{line}</code>
        <CopyButton text={line} label={t('commands.copyNamed', { title: t(command.title) })} />
      </div>
    </li>
  );
}
