/** For compilers that want to know of an `import "@reelwire/react/styles.css"`. */
export {};
