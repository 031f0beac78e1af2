/** Buttons that do what the remedy of an error says, where Guts can do it. */
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import { MayButton } from '../../parts/MayButton.tsx';
import { t } from '../../texts/t.ts';
import { takes, type ConnectionDeed } from './deeds.ts';

const remedies: Readonly<Record<string, ConnectionDeed>> = {
  'net.untrusted': 'certificate',
  'net.certificate-changed': 'certificate',
  'vault.no-secret': 'secret',
  'vsphere.login-refused': 'secret',
  'hyperv.login-refused': 'secret',
  'openstack.sign-in-refused': 'secret',
  'openstack.token-ended': 'secret',
};

export const hasRemedy = ({ code }: ErrorInfo): boolean => Object.hasOwn(remedies, code);

interface RemedyButtonsProps {
  readonly error: ErrorInfo;
  readonly onAsk: (deed: ConnectionDeed) => void;
}

export function RemedyButtons({ error, onAsk }: RemedyButtonsProps) {
  const deed = remedies[error.code];
  if (deed === undefined) return null;
  return (
    <MayButton takes={takes[deed]} size="xs" onClick={() => onAsk(deed)}>
      {t(`connections.do.${deed}`)}
    </MayButton>
  );
}
