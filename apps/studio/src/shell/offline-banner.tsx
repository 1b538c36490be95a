import WifiOff from "lucide-react/icons/wifi-off";
import { useOnline } from "./use-online.ts";

export function OfflineBanner() {
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <p className="offline-banner">
          <WifiOff size={16} aria-hidden="true" />
          <span>
            <strong>You are offline.</strong> What runs goes on; it is shown again as soon as you are back.
          </span>
        </p>
      )}
    </div>
  );
}
