import { registerHooks } from "node:module";

/**
 * What libraries load as React is React 18, as it is for what Vite loads: react-dom and Testing Library would find the one
 * that is installed beside them.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const [, name, path = ""] = /^(react|react-dom)(\/.*)?$/.exec(specifier) ?? [];
    if (name === undefined) return nextResolve(specifier, context);
    return nextResolve(`${name}-18${path}`, { ...context, parentURL: import.meta.url });
  },
});
