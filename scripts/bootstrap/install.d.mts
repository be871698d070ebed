export function reasonToInstall(root: string, needsDev: boolean): string | null;
export function install(root: string, needsDev: boolean): Promise<void>;
