# Listens on ports that nothing holds, so that others can try to connect, until its input ends.
# Usage: perl -e SCRIPT SECONDS ADDRESS:PORT...    (perl-base is enough)
# Prints "listening ADDRESS:PORT", "busy ADDRESS:PORT" or "failed ADDRESS:PORT REASON" each, then "ready".
use strict;
use warnings;
use Socket;
use Errno qw(EADDRINUSE);

my ( $seconds, @places ) = @ARGV;
$| = 1;
$SIG{ALRM} = sub { exit 0 };
$SIG{PIPE} = sub { exit 0 };
alarm $seconds;

my %listeners;
for my $place (@places) {
    my ( $address, $port ) = split /:/, $place;
    socket( my $socket, PF_INET, SOCK_STREAM, 0 ) or die "socket: $!";
    setsockopt( $socket, SOL_SOCKET, SO_REUSEADDR, 1 );
    if ( bind( $socket, sockaddr_in( $port, inet_aton($address) ) ) && listen( $socket, SOMAXCONN ) ) {
        $listeners{ fileno $socket } = $socket;
        print "listening $place\n";
    }
    elsif ( $!{EADDRINUSE} ) { print "busy $place\n" }
    else                     { print "failed $place $!\n" }
}
print "ready\n";

my $wanted = '';
vec( $wanted, $_, 1 ) = 1 for 0, keys %listeners;
while (1) {
    my $found = $wanted;
    next if select( $found, undef, undef, undef ) < 1;
    # The end of the input, with the connection or by the other side, is the end of all listeners.
    last if vec( $found, 0, 1 ) && !sysread( STDIN, my $ignored, 4096 );
    for my $number ( keys %listeners ) {
        next if !vec( $found, $number, 1 );
        next if !accept( my $peer, $listeners{$number} );
        # Closed with a reset: no TIME_WAIT is left on a port that a service is to get.
        setsockopt( $peer, SOL_SOCKET, SO_LINGER, pack( 'ii', 1, 0 ) );
        close $peer;
    }
}
