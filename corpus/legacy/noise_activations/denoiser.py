from keras.models import Sequential, Model
from keras.layers import Input
from keras.layers.core import Dense, Flatten, Reshape, Permute, RepeatVector, Activation, SpatialDropout2D, SpatialDropout1D
from keras.layers.convolutional import Convolution2D, MaxPooling2D, UpSampling2D, Cropping2D, ZeroPadding2D, Convolution1D
from keras.layers.noise import GaussianNoise, GaussianDropout
from keras.layers.advanced_activations import PReLU, ELU, LeakyReLU


def denoiser():
    """Denoising autoencoder for 1 x 30 x 40 spectrograms"""
    m = Sequential()
    m.add(GaussianNoise(sigma=0.1, input_shape=(1, 30, 40)))
    m.add(Convolution2D(8, 5, 5, border_mode='same'))
    m.add(PReLU(shared_axes=[2, 3]))      # one slope a channel
    m.add(SpatialDropout2D(p=0.2))
    m.add(MaxPooling2D())
    m.add(Convolution2D(4, 3, 3, border_mode='same'))
    m.add(PReLU(init='zero', name='each'))       # one slope a pixel
    m.add(SpatialDropout2D(0.1))
    m.add(UpSampling2D((2, 2)))
    m.add(ZeroPadding2D(padding=(1, 2)))
    m.add(Convolution2D(1, 3, 3, activation='sigmoid', border_mode='same'))
    m.add(Cropping2D(cropping=((1, 1), (2, 2))))
    m.compile('sgd', 'mse')
    return m


def classifier(classes=5):
    x = inp = Input((120,))
    x = GaussianNoise(.05)(x)
    x = Dense(24)(x)
    x = ELU(alpha=0.5)(x)
    x = GaussianDropout(p=0.3)(x)
    x = Dense(12)(x)
    x = LeakyReLU(alpha=.1)(x)
    x = RepeatVector(4)(x)
    x = Convolution1D(6, 2)(x)
    x = SpatialDropout1D(0.3)(x)
    x = Permute((2, 1))(x)
    x = LeakyReLU()(Flatten()(x))
    return Model(inp, Dense(output_dim=classes, activation='softmax')(x))
