/** What went wrong, what to do about it, and the button that tries again. */
import type { ErrorInfo } from '../../main/shared/errors.ts';
import { t } from '../texts/t.ts';

interface FailureProps {
  readonly error: ErrorInfo;
  readonly retryLabel: string;
  readonly onRetry: () => void;
}

export function Failure({ error, retryLabel, onRetry }: FailureProps) {
  return (
    <div className="failure" role="alert">
      <p className="failure-message">{error.message}</p>
      <p>{error.remedy}</p>
      <div className="failure-foot">
        <button type="button" className="primary" onClick={onRetry}>
          {retryLabel}
        </button>
        <p className="quiet">
          {t('error.code')} <code>{error.code}</code>
        </p>
      </div>
    </div>
  );
}
