/** Guts' mark: a disk that moves on. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect className="guts-mark-ground" width="64" height="64" rx="14" />
      <path className="guts-mark-trail" d="M10 23h6M7 32h7M10 41h6" />
      <circle className="guts-mark-disk" cx="39" cy="32" r="16" />
      <circle className="guts-mark-hub" cx="39" cy="32" r="5" />
    </svg>
  );
}
