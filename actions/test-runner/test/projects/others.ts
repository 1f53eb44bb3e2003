import type { RealProject } from './project.ts';

export const OTHER_PROJECTS: Readonly<Record<string, RealProject>> = {
  pytest: {
    framework: 'pytest',
    probe: ['python3', '-m', 'pytest', '--version'],
    files: {
      'pytest.ini': '[pytest]\n',
      'tests/test_a.py': `import os, pytest
class TestThing:
    def test_green(self): open(".green", "a").write("1")
    @pytest.mark.parametrize("x", ["a b::c"])
    def test_flaky(self, x):
        if not os.path.exists(".state"):
            open(".state", "w").close()
            assert x == "z"
def test_red():
    assert {"a": 1} == {"a": 2}
@pytest.mark.skip(reason="later")
def test_late(): pass
`,
    },
    red: { file: 'tests/test_a.py', line: 10 },
  },
  unittest: {
    framework: 'unittest',
    probe: ['python3', '--version'],
    files: {
      'test_a.py': `import os, unittest
class T(unittest.TestCase):
    def test_green(self): pass
    def test_flaky(self):
        if not os.path.exists(".state"):
            open(".state", "w").close()
            self.fail("first")
    def test_red(self): self.assertEqual(1, 2)
    @unittest.skip("later")
    def test_late(self): pass
`,
    },
    red: { file: 'test_a.py', line: 8 },
  },
  cargo: {
    framework: 'cargo',
    probe: ['cargo', '--version'],
    files: {
      '.gitignore': 'target\n.state\n',
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/lib.rs': `#[cfg(test)]
mod tests {
    #[test]
    fn green() {}
    #[test]
    fn red() { assert_eq!(1 + 1, 3); }
    #[test]
    #[ignore]
    fn late() {}
    #[test]
    fn flaky() { if !std::path::Path::new(".state").exists() { std::fs::write(".state", "").unwrap(); panic!("first"); } }
}
`,
    },
    red: { file: 'src/lib.rs', line: 6 },
  },
  go: {
    framework: 'go',
    probe: ['go', 'version'],
    files: {
      'go.mod': 'module example.com/app\n\ngo 1.21\n',
      'pkg/x/x_test.go': `package x

import (
	"os"
	"testing"
)

func TestGreen(t *testing.T) {}

func TestFlaky(t *testing.T) {
	if _, err := os.Stat("../../.state"); err != nil {
		os.WriteFile("../../.state", nil, 0o644)
		t.Fatal("first")
	}
}

func TestRed(t *testing.T) { t.Errorf("got %d, want 3", 2) }

func TestLate(t *testing.T) { t.Skip("later") }
`,
    },
    red: { file: 'pkg/x/x_test.go', line: 17 },
  },
  RSpec: {
    framework: 'rspec',
    probe: ['rspec', '--version'],
    files: {
      '.rspec': '--require spec_helper\n',
      'spec/spec_helper.rb': '',
      'spec/deep/a_spec.rb': `RSpec.describe 'group' do
  it 'green' do File.write('.green', '1', mode: 'a') end
  [1].each do |n|
    it "comes and goes #{n}" do
      unless File.exist?('.state')
        File.write('.state', '')
        expect(n).to eq(2)
      end
    end
  end
  it 'red' do
    expect({ a: 1 }).to eq({ a: 2 })
  end
  xit 'late' do end
end
`,
    },
    red: { file: 'spec/deep/a_spec.rb', line: 12 },
  },
  PHPUnit: {
    framework: 'phpunit',
    probe: ['phpunit', '--version'],
    files: {
      'phpunit.xml':
        '<phpunit><testsuites><testsuite name="all"><directory>tests</directory></testsuite></testsuites></phpunit>',
      'tests/Deep/ThingTest.php': `<?php
namespace App\\Deep;
use PHPUnit\\Framework\\TestCase;
final class ThingTest extends TestCase {
    public function testGreen(): void { $this->assertSame(1, file_put_contents('.green', '1', FILE_APPEND)); }
    /** @dataProvider some */
    public function testFlaky(int $x): void {
        if (!file_exists('.state')) { touch('.state'); $this->fail('first'); }
        $this->assertSame(1, $x);
    }
    public static function some(): array { return ['a | b' => [1]]; }
    public function testRed(): void {
        $this->assertSame(['a' => 1], ['a' => 2]);
    }
    public function testLate(): void { $this->markTestSkipped('later'); }
}
`,
    },
    red: { file: 'tests/Deep/ThingTest.php', line: 13 },
  },
  nextest: {
    framework: 'nextest',
    silent: true,
    probe: ['cargo', 'nextest', '--version'],
    files: {
      '.gitignore': 'target\n.state\n',
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      '.config/nextest.toml': '',
      'src/lib.rs': `#[cfg(test)]
mod tests {
    #[test]
    fn green() {}
    #[test]
    fn red() { assert_eq!(1 + 1, 3); }
    #[test]
    #[ignore]
    fn late() {}
    #[test]
    fn flaky() { if !std::path::Path::new(".state").exists() { std::fs::write(".state", "").unwrap(); panic!("first"); } }
}
`,
    },
    red: { file: 'src/lib.rs', line: 6 },
  },
};
