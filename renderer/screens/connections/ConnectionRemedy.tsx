/** On an error of a move: the button that mends its source or its cloud, with the dialog right there. */
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import { useConnectionActions } from './actions.tsx';
import { RemedyButtons } from './RemedyButtons.tsx';
import { useConnections, type ConnectionRow } from './rows.ts';

interface ConnectionRemedyProps {
  readonly error: ErrorInfo;
  /** Ids of both sides of the move. */
  readonly source: string | null;
  readonly destination: string | null;
}

export function ConnectionRemedy({ error, source, destination }: ConnectionRemedyProps) {
  const connections = useConnections();
  const { ask, dialog } = useConnectionActions();
  const sides =
    connections.state === 'known' ? connections.value.filter(({ id }) => id === source || id === destination) : [];
  const row = sides.find((one) => isAbout(error, one));
  if (row === undefined) return null;
  return (
    <>
      <RemedyButtons error={error} onAsk={(deed) => ask(deed, row)} />
      {dialog}
    </>
  );
}

/** Errors of the network and of the vault name whom they are about. */
function isAbout({ code, message }: ErrorInfo, { side, name, address }: ConnectionRow): boolean {
  if (/^(vsphere|hyperv|ntlm|spnego)\./.test(code)) return side === 'source';
  if (code.startsWith('openstack.')) return side === 'destination';
  return message.includes(new URL(address).host) || message.includes(`“${name}”`);
}
