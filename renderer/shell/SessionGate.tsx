/** The window while there is no Guts to work with, and the shell from then on. */
import { Loading } from '../parts/Faces.tsx';
import { Failed, Stopping } from '../screens/gate/Failed.tsx';
import { SignIn } from '../screens/gate/SignIn.tsx';
import { Unlock } from '../screens/gate/Unlock.tsx';
import { useSession } from '../state/session.ts';
import { Shell } from './Shell.tsx';

export function SessionGate() {
  const view = useSession();
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
      return <Failed error={view.error} />;
    case 'unreachable':
      return <Failed error={view.lost.error} />;
    case 'locked':
      return <Unlock isNew={view.isNew} />;
    case 'signedOut':
      return <SignIn error={view.error} />;
    case 'ready':
      return <Shell key={view.engine?.url} session={view.session} engine={view.engine} />; // another Guts, another window
  }
}
