import { type SubmitEvent, useId } from "react";

/** Takes an API key or access token, which is used from when the field is left or Enter is pressed. */
export function CredentialField({ onChange }: { onChange: (credential: string) => void }) {
  const id = useId();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onChange(String(new FormData(event.currentTarget).get("credential")).trim());
  }
  return (
    <form className="credential" onSubmit={submit}>
      <label htmlFor={id}>API key or token</label>
      <input
        id={id}
        name="credential"
        type="password"
        autoComplete="off"
        placeholder="rwk_…"
        onBlur={({ currentTarget }) => currentTarget.form?.requestSubmit()}
      />
    </form>
  );
}
