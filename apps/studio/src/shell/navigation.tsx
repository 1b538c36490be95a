import ChartNoAxesColumn from "lucide-react/icons/chart-no-axes-column";
import Film from "lucide-react/icons/film";
import WandSparkles from "lucide-react/icons/wand-sparkles";
import { Link, useLocation } from "wouter";

const PLACES = [
  { href: "/", label: "Create", icon: WandSparkles },
  { href: "/videos", label: "Videos", icon: Film },
  { href: "/usage", label: "Usage", icon: ChartNoAxesColumn },
] as const;

/** The studio's pages: beside the page where there is room, otherwise below it. */
export function Navigation() {
  const [path] = useLocation();
  return (
    <nav className="navigation" aria-label="Studio">
      <ul>
        {PLACES.map(({ href, label, icon: Sign }) => (
          <li key={href}>
            <Link href={href} aria-current={isAt(path, href) ? "page" : undefined}>
              <Sign size={19} strokeWidth={1.8} aria-hidden="true" />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isAt(path: string, href: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
}
