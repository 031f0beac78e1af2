/** Guts' mark: a disk that moves on. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect className="mark-ground" width="64" height="64" rx="14" />
      <path className="mark-trail" d="M10 23h6M7 32h7M10 41h6" />
      <circle className="mark-disk" cx="39" cy="32" r="16" />
      <circle className="mark-hub" cx="39" cy="32" r="5" />
    </svg>
  );
}
