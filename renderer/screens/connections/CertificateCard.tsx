/** A server's certificate, to be compared before it is trusted. */
import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { CertificateFacts } from '../../../main/shared/trust.ts';
import { Badge } from '../../parts/Badge.tsx';
import { copyText } from '../../parts/copy.ts';
import { FactList } from '../../parts/FactList.tsx';
import { momentText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import classes from './Connections.module.css';
import { comparison, groupsOf } from './fingerprint.ts';

interface CertificateCardProps {
  readonly address: string;
  readonly facts: CertificateFacts;
  /** What can be decided. */
  readonly children?: ReactNode;
  /** It came up where the focus was elsewhere. */
  readonly takesFocus?: boolean;
}

export function CertificateCard({ address, facts, children, takesFocus = false }: CertificateCardProps) {
  const { sha256, subject, issuer, validFrom, validTo, problem } = facts;
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    head.current?.focus({ preventScroll: true });
    head.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, [takesFocus]);

  return (
    <section className={classes['certificate']} aria-label={t('certificate.title')}>
      <Stack gap="sm">
        <Title order={2} size="h5" tabIndex={-1} ref={head}>
          {t('certificate.shows', { server: new URL(address).host })}
        </Title>
        <Text>{problem === null ? t('certificate.vouched') : t('certificate.problem', { problem })}</Text>
        <div>
          <Group justify="space-between" align="end">
            <Text fw={600} id="certificate-sha256">
              {t('certificate.fingerprint')}
            </Text>
            <CopyButton text={sha256} />
          </Group>
          <p className={classes['fingerprint']} aria-labelledby="certificate-sha256">
            {groupsOf(sha256).map((group) => (
              <span key={group}>{group}</span>
            ))}
          </p>
        </div>
        <FactList
          facts={[
            [t('certificate.subject'), subject],
            [t('certificate.issuer'), issuer === subject ? t('certificate.itself') : issuer],
            [t('certificate.valid'), t('certificate.validSpan', { from: dateText(validFrom), to: dateText(validTo) })],
          ]}
        />
        <Compare sha256={sha256} port={new URL(address).port || '443'} />
        {children}
      </Stack>
    </section>
  );
}

/** Against a fingerprint that somebody was told by another way than this connection. */
function Compare({ sha256, port }: { readonly sha256: string; readonly port: string }) {
  const [told, setTold] = useState('');
  const command = `openssl s_client -connect localhost:${port} </dev/null | openssl x509 -noout -fingerprint -sha256`;
  const found = comparison(told, sha256);
  return (
    <div>
      <Text size="sm">{t('certificate.compareHow')}</Text>
      <code className={classes['command']}>{command}</code>
      <TextInput
        mt="xs"
        label={t('certificate.compareWith')}
        description={t('certificate.compareWhy')}
        value={told}
        onChange={(event) => setTold(event.currentTarget.value)}
        classNames={{ input: classes['mono'] ?? '' }}
        autoComplete="off"
        spellCheck={false}
      />
      <output className={classes['comparison']}>
        {found === 'same' && <Badge tone="good">{t('certificate.same')}</Badge>}
        {found === 'other' && <Badge tone="bad">{t('certificate.other')}</Badge>}
        {found === 'unreadable' && <Badge tone="wait">{t('certificate.unreadable')}</Badge>}
      </output>
    </div>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <Button size="xs" variant="default" onClick={() => void copyText(text).then(() => setIsCopied(true))}>
      {t(isCopied ? 'error.copied' : 'certificate.copy')}
    </Button>
  );
}

/** As the server writes it where it is no date that is known. */
function dateText(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : momentText(at);
}
