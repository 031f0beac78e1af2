/** The window while there is no Guts to work with, and the shell from then on. */
import { Loading } from '../parts/Faces.tsx';
import { Refused, Unreachable } from '../screens/gate/Elsewhere.tsx';
import { Failed, Stopping } from '../screens/gate/Failed.tsx';
import { SignIn } from '../screens/gate/SignIn.tsx';
import { Unlock } from '../screens/gate/Unlock.tsx';
import { useShownEngine } from '../state/engines.ts';
import { nameOf, useSession } from '../state/session.ts';
import { Shell } from './Shell.tsx';

export function SessionGate() {
  const view = useSession();
  const elsewhere = useShownEngine();
  switch (view.state) {
    case 'starting':
      return (
        <main>
          <Loading />
        </main>
      );
    case 'stopping':
      return <Stopping />;
    case 'failed':
      return elsewhere === null ? <Failed error={view.error} /> : <Refused engine={elsewhere} error={view.error} />;
    case 'unreachable':
      return <Unreachable name={view.name} lost={view.lost} />;
    case 'locked':
      return <Unlock isNew={view.isNew} />;
    case 'signedOut':
      return <SignIn error={view.error} />;
    case 'ready':
      return (
        <Shell key={view.engine === null ? '' : nameOf(view.engine)} session={view.session} engine={view.engine} />
      ); // another Guts, another window
  }
}
