/** What both forms for new connections have around their fields: the way back, the certificate to compare, errors, buttons. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { Empty } from '../../parts/Faces.tsx';
import { useWhyNot } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { go } from '../../router.ts';
import { useSession } from '../../state/session.ts';
import { t } from '../../texts/t.ts';
import type { Adding, Doubt, Server } from './adding.ts';
import { CertificateCard } from './CertificateCard.tsx';
import classes from './Connections.module.css';

interface AddingFrameProps<T extends Server> {
  readonly title: string;
  readonly why: string;
  readonly adding: Adding<T>;
  readonly isBusy: boolean;
  readonly doIt: string;
  /** @param confirmed the certificate that was compared just now */
  readonly onSubmit: (confirmed?: Doubt) => void;
  readonly children: ReactNode;
}

export function AddingFrame<T extends Server>(props: AddingFrameProps<T>) {
  const { title, why, adding, isBusy, doIt, onSubmit, children } = props;
  const { doubt, error } = adding;
  const whyNot = useWhyNot('admin');
  const session = useSession();
  const vault = session.state === 'ready' ? session.session.vault : null;
  const elsewhere = session.state === 'ready' ? (session.engine?.elsewhere ?? null) : null;
  if (whyNot !== null)
    return <Empty title={title} why={whyNot} action={<Button onClick={back}>{t('connections.toAll')}</Button>} />;

  return (
    <Stack className={classes['form'] ?? ''}>
      <Anchor href="#/connections">{t('connections.title')}</Anchor>
      <PageHead title={title} />
      <Text>{why}</Text>
      <form
        noValidate
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>
          <Stack className="guts-card">{children}</Stack>
          {error !== null && (
            <div className={classes['refusal']} ref={intoView}>
              <ErrorCard error={error} />
            </div>
          )}
          {doubt !== null && (
            <CertificateCard key={doubt.facts.sha256} address={doubt.address} facts={doubt.facts} takesFocus>
              <Group>
                <Button loading={isBusy} onClick={() => onSubmit(doubt)}>
                  {t('certificate.rightOne')}
                </Button>
                <Button variant="default" onClick={adding.forget}>
                  {t('certificate.notTheOne')}
                </Button>
              </Group>
            </CertificateCard>
          )}
          {doubt === null && (
            <Group>
              <Button type="submit" loading={isBusy}>
                {doIt}
              </Button>
              <Button variant="default" onClick={back}>
                {t('dialog.cancel')}
              </Button>
            </Group>
          )}
          {vault !== null && (
            <Text size="sm" c="dimmed">
              {elsewhere === null
                ? t(`connections.keeps.${vault.keepsIn}`)
                : t('connections.keepsThere', { name: elsewhere.name })}
            </Text>
          )}
        </Stack>
      </form>
    </Stack>
  );
}

/** The focus goes to the field that is meant, which may be far above. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'nearest' });

const back = (): void => go('/connections');
