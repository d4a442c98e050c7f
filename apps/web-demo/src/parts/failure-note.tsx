import type { ComponentChildren } from 'preact';
import type { Failure } from '../engine/protocol.ts';

/** Why something could not be done, in words. */
export function FailureNote({
  title,
  failure,
  children,
}: {
  title: string;
  failure: Failure;
  children?: ComponentChildren;
}) {
  return (
    <section class="failure" data-code={failure.code}>
      <h2>{title}</h2>
      <p>{failure.message}</p>
      {children}
    </section>
  );
}
